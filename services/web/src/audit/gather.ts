// A list of many pages, read to its end.

interface Page {
  listed: readonly unknown[];
  /** What the page after this one goes on before. */
  next?: number | null;
}

/** The first page, with what is listed on all of them. `tell` hears how much that is so far. */
export async function gather<P extends Page>(
  read: (before: number | null) => Promise<P>,
  tell: (count: number, page: P) => void,
): Promise<P & { listed: P['listed'][number][] }> {
  const first = await read(null);
  const listed: P['listed'][number][] = [...first.listed];
  tell(listed.length, first);
  for (let before = first.next ?? null; before !== null; ) {
    const page = await read(before);
    listed.push(...page.listed);
    tell(listed.length, page);
    before = page.next ?? null;
  }
  return { ...first, listed };
}
