// How what stands after the question mark of an address is read and written.

/** Values stay the strings they are: an id made of digits must not become a number. */
export const searchAsStrings = {
  parseSearch: (search: string): Record<string, string> => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search: Record<string, unknown>): string => {
    const entries = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const text = new URLSearchParams(entries).toString();
    return text && `?${text}`;
  },
};
