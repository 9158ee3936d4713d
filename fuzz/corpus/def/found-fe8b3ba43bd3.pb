r















