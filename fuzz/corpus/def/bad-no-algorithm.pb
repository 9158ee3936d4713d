

	local://x


	../../etc