// No name of a file looks like another.
import { expect, it } from 'vitest';
import { visibleName } from './names';

it('characters that are not seen are made visible, and all others stay', () => {
  expect(visibleName('report\u202efdp.exe')).toBe('report[U+202E]fdp.exe');
  expect(visibleName('a\u0000b\u200b\n.xml')).toBe('a[U+0000]b[U+200B][U+000A].xml');
  expect(visibleName('Lübeck 糖尿病 💊 <b>.pdf')).toBe('Lübeck 糖尿病 💊 <b>.pdf');
});
