// Offsets of the server count Unicode code points; those of JavaScript count UTF-16 units. Here one becomes the other.

/** The UTF-16 index of each of some ascending code-point offsets; the length of the text for those beyond its end. */
export function unitsAt(text: string, points: readonly number[]): number[] {
  const found: number[] = [];
  let unit = 0;
  let point = 0;
  for (const wanted of points) {
    while (point < wanted && unit < text.length) {
      unit += widthAt(text, unit);
      point += 1;
    }
    found.push(unit);
  }
  return found;
}

/** `text[start..end]`, counted in code points. */
export function slicePoints(text: string, start: number, end: number): string {
  const [from = 0, to = 0] = unitsAt(text, [start, Math.max(start, end)]);
  return text.slice(from, to);
}

export function countPoints(text: string): number {
  let points = 0;
  for (let unit = 0; unit < text.length; unit += widthAt(text, unit)) points += 1;
  return points;
}

function widthAt(text: string, unit: number): 1 | 2 {
  return (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
}
