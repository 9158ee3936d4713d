e:/dc3.18@sha2561:4bc3.18]
Gsha2: