// Every class that a component takes from a style sheet is in it: one that is not leaves what it was for without any style.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const src = join(import.meta.dirname, '..');
const sheets = /import (\w+) from '([^']+\.module\.css)'/g;

function missingIn(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(sheets)].flatMap(([, name = '', path = '']) => {
    const css = readFileSync(join(src, dirname(file), path), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
    const there = new Set([...css.matchAll(/\.([a-z]\w*)/gi)].map(([, one]) => one));
    const used = [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))].map(([, one]) => one ?? '');
    return used.filter((one) => !there.has(one)).map((one) => `${file}: ${name}.${one} is not in ${path}`);
  });
}

it('has every class that is taken from it', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(missingIn)).toEqual([]);
});
