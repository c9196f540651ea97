// Names of files are anybody's: characters that turn the direction of reading, or are not seen, could make one ending look
// like another.

/** The name with such characters in sight. */
export const visibleName = (name: string): string =>
  name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, (one) => {
    const point = one.codePointAt(0) ?? 0;
    return `[U+${point.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
