// Of what kind, and how reports of a risk stand.
import { Choice } from '../../parts/Choice';
import { count } from '../../records/words';
import { readers as say } from '../../strings/readers';
import { kinds, states, type View } from './feedback';
import styles from './Feedback.module.css';

const ALL = 'all';

interface FiltersProps {
  view: View;
  /** Null as long as it is not known. */
  waiting: number | null;
  onChange: (view: View) => void;
}

export function Filters({ view: { kind, state }, waiting, onChange }: FiltersProps) {
  const stateWord = (one: (typeof states)[number]) =>
    one === 'open' && waiting !== null ? say.counted(say.states.open, count(waiting)) : say.states[one];
  return (
    <div className={styles.filters}>
      <Choice
        label={say.filter}
        options={([ALL, ...kinds] as const).map((value) => ({ value, label: value === ALL ? say.all : say.kinds[value] }))}
        value={kind ?? ALL}
        onChange={(chosen) => onChange({ kind: chosen === ALL ? null : chosen, state: null, before: null })}
        isRow
      />
      {kind === 'safety' && (
        <Choice
          label={say.stateFilter}
          options={([ALL, ...states] as const).map((value) => ({ value, label: value === ALL ? say.anyState : stateWord(value) }))}
          value={state ?? ALL}
          onChange={(chosen) => onChange({ kind, state: chosen === ALL ? null : chosen, before: null })}
          isRow
        />
      )}
    </div>
  );
}
