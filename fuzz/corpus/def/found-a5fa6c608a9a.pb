(nd
