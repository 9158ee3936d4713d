#ifndef WORDS_H
#define WORDS_H

/* The number of words in text; words are what blanks keep apart. */
int count_words(const char *text);

#endif
