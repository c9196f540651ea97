// How the log stands, and what its checkpoint and keys are made of.
import { describe, expect, it } from 'vitest';
import type { LogState, WitnessState } from './calls';
import { byFours, healthOf, partsOf, timesOf } from './state';

const witness: WitnessState = { name: 'w', url: 'https://w.example', size: 5, problem: null, alarm: false };
const health = (is_well: boolean, ...witnesses: Partial<WitnessState>[]) =>
  healthOf({ is_well, witnesses: witnesses.map((one) => ({ ...witness, ...one })) } as LogState);

describe('the log', () => {
  it('is well only when it can be written to and every witness has signed', () => {
    expect(health(true, {}, {})).toBe('well');
    expect(health(true)).toBe('alone');
    expect(health(true, {}, { problem: 'it cannot be reached' })).toBe('silent');
    expect(health(true, {}, { size: 0 })).toBe('silent');
    expect(health(false, {})).toBe('shut');
  });

  it('is in alarm whatever else is so', () => {
    expect(health(false, { problem: 'another history', alarm: true }, {})).toBe('alarm');
  });
});

describe('times of witnesses', () => {
  const base64 = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));
  const id = [1, 2, 3, 4];
  const signature = Array.from({ length: 64 }, () => 7);
  const seconds = [0, 0, 0, 0, 0x6a, 0x22, 0x33, 0x44];
  const note = (...lines: string[]) => `osler.log/1\n29\n${base64(...signature.slice(0, 32))}\n\n${lines.join('')}`;

  it('are read from their signatures, and not from the log’s own', () => {
    const text = note(
      `— osler.log/1 ${base64(...id, ...signature)}\n`,
      `— witness.example ${base64(...id, ...seconds, ...signature)}\n`,
    );
    expect([...timesOf(text)]).toEqual([['witness.example', new Date(0x6a223344 * 1000).toISOString()]]);
  });

  it('are not known where they are beyond all clocks', () => {
    const far = Array.from({ length: 8 }, () => 0xff);
    expect([...timesOf(note(`— witness.example ${base64(...id, ...far, ...signature)}\n`))]).toEqual([]);
  });

  it('are not known from what is no note', () => {
    for (const text of [null, undefined, '', 'osler.log/1', note('— w %%%\n')]) expect([...timesOf(text)]).toEqual([]);
  });
});

it('a key is its name and id, also where its own letters have a plus', () => {
  expect(partsOf('osler.log/1+48c590bb+AX+SLS/rk')).toEqual({ name: 'osler.log/1', id: '48c590bb' });
});

it('digits are set by fours', () => {
  expect(byFours('0123456789ab')).toBe('0123 4567 89ab');
});
