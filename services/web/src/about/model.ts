// The model card and the labelling as the server sends them, and figures sorted under the runs that they come from.
import { queryOptions } from '@tanstack/react-query';
import { client, takeWhole } from '../api/client';
import type { components } from '../api/schema';
import type { Whole } from '../api/types';

type Schemas = components['schemas'];

export type ModelCard = Whole<Schemas['ModelCard']>;
export type CardGroup = ModelCard['groups'][number];
/** Exactly one of `value` and `missing` is there. */
export type CardAttribute = CardGroup['attributes'][number];
export type MeasuredFigure = CardAttribute['measured'][number];
export type CorpusScope = Whole<Schemas['CorpusScope']>;
export type Labeling = Whole<Schemas['Labeling']>;

/** Saved as files from here, too. */
export const CARD = '/v1/about/model-card';
export const LABELING = '/v1/about/labeling';

export const cardQuery = queryOptions({
  queryKey: ['model-card'],
  queryFn: ({ signal }): Promise<ModelCard> => takeWhole(client.GET(CARD, { signal })),
});

export const labelingQuery = queryOptions({
  queryKey: ['labeling'],
  queryFn: ({ signal }): Promise<Labeling> => takeWhole(client.GET(LABELING, { signal })),
});

/** Figures of one run on the same texts: what holds for all rows of a table is said once, above it. */
export type Run = Pick<MeasuredFigure, 'run' | 'date' | 'data' | 'command' | 'document'> & { figures: MeasuredFigure[] };

/** Runs in the order in which they first come. */
export function runsOf(measured: readonly MeasuredFigure[]): Run[] {
  const runs = new Map<string, Run>();
  for (const figure of measured) {
    const { run, date, data, command, document } = figure;
    const name = JSON.stringify([run, command, data]);
    const kept = runs.get(name) ?? { run, date, data, command, document, figures: [] };
    runs.set(name, kept);
    kept.figures.push(figure);
  }
  return [...runs.values()];
}

/** How many attributes say something, and how many say why they do not. */
export function countOf({ groups }: ModelCard): { all: number; missing: number } {
  const attributes = groups.flatMap((group) => group.attributes);
  return { all: attributes.length, missing: attributes.filter(({ missing }) => missing !== null).length };
}
