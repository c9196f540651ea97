// Which answers the numbers are of: those that cite a corpus, those that a model wrote; and what that leaves out.
import { Link } from '@tanstack/react-router';
import { modelWord } from '../audit/answers/words';
import type { Option } from '../parts/Choice';
import { Notice } from '../parts/Notice';
import { Select } from '../parts/Select';
import { records } from '../strings/records';
import type { Narrowing } from './calls';
import styles from './Records.module.css';
import type { Figures } from './types';

const say = records.narrow;

/** No name of a corpus or a model. */
const ALL = '';

export type Words = Readonly<Record<string, string>>;

interface NarrowProps {
  narrowing: Narrowing;
  /** Titles of the corpora that are known. */
  titles: Words;
  /** Not narrowed: they name what there is. Undefined as long as they are not known. */
  all: Figures | undefined;
  onChange: (narrowing: Narrowing) => void;
}

export function Narrow({ narrowing, titles, all, onChange }: NarrowProps) {
  const { corpus, model } = narrowing;
  const corpora = new Set([...Object.keys(titles), ...(all?.corpora ?? []).map(({ name }) => name), ...named(corpus)]);
  const models = new Set([...(all?.models ?? []).map(({ name }) => name), ...named(model)]);
  return (
    <div className={styles.narrow}>
      <Select
        label={say.corpus}
        options={options(say.allCorpora, corpora, (id) => titleIn(titles, id))}
        value={corpus ?? ALL}
        onChange={(chosen) => onChange({ ...narrowing, corpus: chosen || null })}
      />
      <Select
        label={say.model}
        options={options(say.allModels, models, modelName)}
        value={model ?? ALL}
        onChange={(chosen) => onChange({ ...narrowing, model: chosen || null })}
      />
    </div>
  );
}

const named = (name: string | null): string[] => (name === null ? [] : [name]);

const options = (all: string, names: ReadonlySet<string>, wordOf: (name: string) => string): Option<string>[] => [
  { value: ALL, label: all },
  ...[...names].map((value) => ({ value, label: wordOf(value) })),
];

const titleIn = (titles: Words, id: string): string => (Object.hasOwn(titles, id) ? (titles[id] ?? id) : id);

const modelName = (name: string): string => (name === 'none' ? say.noModel : modelWord(name));

interface NarrowedProps {
  /** What was asked for. */
  narrowing: Narrowing;
  titles: Words;
  /** Undefined as long as they are not there. */
  figures: Figures | undefined;
  days: string | undefined;
}

export function Narrowed({ narrowing, titles, figures, days }: NarrowedProps) {
  const { corpus = null, model = null } = figures ?? {};
  const isOther = figures !== undefined && (corpus !== narrowing.corpus || model !== narrowing.model);
  const isNarrow = corpus !== null || model !== null;
  return (
    <>
      {/* Always there, so that what appears in it is read aloud. */}
      <p role="status" className={styles.narrowed}>
        {corpus !== null && say.toCorpus(titleIn(titles, corpus))}{' '}
        {model !== null && (model === 'none' ? say.toNoModel : say.toModel(modelWord(model)))}
      </p>
      {isOther && (
        <Notice tone="warn" title={say.notNarrowed} live="alert">
          {say.notNarrowedDetail}
        </Notice>
      )}
      {isNarrow && (
        <p>
          <Link to="/audit" search={days === undefined ? {} : { days }} resetScroll={false}>
            {say.clear}
          </Link>
        </p>
      )}
    </>
  );
}
