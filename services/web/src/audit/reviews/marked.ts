// A passage with the quoted words marked, where it has exactly these.

export interface Run {
  text: string;
  isQuote: boolean;
}

/** Null where the words do not stand in it. Where they stand more than once, nothing here says which is meant. */
export function marked(passage: string, quote: string): Run[] | null {
  if (quote === '') return null;
  const between = passage.split(quote);
  if (between.length === 1) return null;
  const runs = between.flatMap((text, at): Run[] => [
    ...(at > 0 ? [{ text: quote, isQuote: true }] : []),
    { text, isQuote: false },
  ]);
  return runs.filter(({ text }) => text !== '');
}
