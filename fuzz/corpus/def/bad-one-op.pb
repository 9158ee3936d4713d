

	local://x