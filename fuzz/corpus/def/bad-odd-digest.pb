

	local://x


	sha256:zz