/** Oracle takes NUL for a blank, and others what is a hard space in Latin-1. */
export const isBlank = (character: string): boolean => /[ \t\n\v\f\r\xa0\0]/.test(character)
