s


