// The names under which the pages know the numbers, and what is watched.
import type { components } from '../api/schema';
import type { Whole } from '../api/types';

type Schemas = components['schemas'];

export type Figures = Whole<Schemas['Figures']>;
export type Period = Whole<Schemas['Period']>;
export type Share = Schemas['Share'];

export type Watch = Whole<Schemas['Watch']>;
export type Measure = Whole<Schemas['Measure']>;
export type MeasureName = Schemas['MeasureName'];
export type MeasureState = Schemas['MeasureState'];
