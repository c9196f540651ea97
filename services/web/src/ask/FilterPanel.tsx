// What is searched: first what most people narrow, then what few do, folded away. Each choice holds at once.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { corporaQuery } from '../api/keys';
import { Refused } from '../api/problem';
import type { Corpus, DocumentStatus, Filters, Kind, Population } from '../api/types';
import { Button } from '../parts/Button';
import { Checks } from '../parts/Checks';
import type { Option } from '../parts/Choice';
import { Disclosure } from '../parts/Disclosure';
import { Switch } from '../parts/Switch';
import { everything, useBench } from '../shell/services';
import { ask, literature } from '../strings';
import { AsOfChoice } from './AsOfChoice';
import styles from './FilterPanel.module.css';
import { asOfWords, countOf } from './filters';
import { NameChecks } from './NameChecks';
import { YearFields } from './YearFields';

const words = ask.filters;

const optionsOf = <T extends string>(named: Readonly<Partial<Record<T, string>>>): Option<T>[] =>
  Object.entries<string | undefined>(named).map(([value, label]) => ({ value: value as T, label: label ?? value }));

const kinds = optionsOf<Kind>(literature.kinds);
const populations = optionsOf<Population>(words.populationNames);
/** What stands otherwise is never found. */
const findable: readonly DocumentStatus[] = ['current', 'corrected', 'expression_of_concern'];
const statuses = findable.map((value) => ({ value, label: literature.statuses[value] }));

export function FilterPanel() {
  const { filters, setFilters } = useBench();
  const [round, setRound] = useState(0);
  return (
    <div className={styles.panel}>
      {/* Made anew once everything is cleared: what was typed goes, too. */}
      <Fields key={round} />
      {countOf(filters) > 0 && (
        <Button
          size="s"
          onPress={() => {
            setFilters(everything);
            setRound(round + 1);
          }}
        >
          {words.clear}
        </Button>
      )}
    </div>
  );
}

function Fields() {
  const { filters, setFilters } = useBench();
  const corpora = useQuery(corporaQuery);
  const held = corpora.data ?? [];
  const isMissing = corpora.error instanceof Refused && corpora.error.isMissingEndpoint;
  const set = (change: Filters) => {
    setFilters({ ...filters, ...change });
  };
  return (
    <>
      {held.length > 0 && (
        <Checks
          label={words.corpora}
          value={filters.corpora ?? []}
          options={held.map((one) => ({
            value: one.id,
            label: one.title,
            note: `${one.issuer} · ${words.count(one.documents)}`,
          }))}
          onChange={(chosen) => set({ corpora: chosen })}
        />
      )}
      {corpora.error && <p className={styles.note}>{isMissing ? words.noCorpora : words.failed}</p>}
      <Checks label={words.kinds} value={filters.kinds ?? []} options={kinds} onChange={(chosen) => set({ kinds: chosen })} />
      <p className={styles.note}>{words.note}</p>
      <YearFields from_year={filters.from_year ?? null} to_year={filters.to_year ?? null} onChange={set} />
      <Switch
        label={words.wholeTexts}
        description={words.wholeTextsNote}
        isOn={filters.full_text_only ?? false}
        onChange={(isOn) => set({ full_text_only: isOn })}
      />
      <div className={styles.folded}>
        <Folded title={words.populations} chosen={filters.populations?.length}>
          <Checks
            label={words.populationsLabel}
            value={filters.populations ?? []}
            options={populations}
            onChange={(chosen) => set({ populations: chosen })}
          />
          <p className={styles.note}>{words.populationsNote}</p>
        </Folded>
        <Folded title={words.standing} chosen={filters.statuses?.length}>
          <Checks
            label={words.standingLabel}
            value={filters.statuses ?? []}
            options={statuses}
            onChange={(chosen) => set({ statuses: chosen })}
          />
          <p className={styles.note}>{words.standingNote}</p>
        </Folded>
        <Folded title={words.issuers.title} chosen={filters.issuers?.length}>
          <NameChecks
            words={words.issuers}
            offered={namesOf(held, 'issuer')}
            value={filters.issuers ?? []}
            onChange={(chosen) => set({ issuers: chosen })}
          />
        </Folded>
        <Folded title={words.places.title} chosen={filters.jurisdictions?.length}>
          <NameChecks
            words={words.places}
            offered={namesOf(held, 'jurisdiction').map(withCountry)}
            value={filters.jurisdictions ?? []}
            onChange={(chosen) => set({ jurisdictions: chosen })}
          />
        </Folded>
        <AsOfFolded />
      </div>
    </>
  );
}

function AsOfFolded() {
  const { asOf } = useBench();
  return (
    <Disclosure title={asOf ? ask.asOf.chosen(asOfWords(asOf)) : ask.asOf.title} isOpenAtFirst={asOf !== null}>
      <div className={styles.group}>
        <AsOfChoice />
      </div>
    </Disclosure>
  );
}

/** Opens by itself only where something is set: a filter must not hide. */
function Folded({ title, chosen = 0, children }: { title: string; chosen?: number | undefined; children: ReactNode }) {
  return (
    <Disclosure title={chosen > 0 ? words.chosen(title, chosen) : title} isOpenAtFirst={chosen > 0}>
      <div className={styles.group}>{children}</div>
    </Disclosure>
  );
}

const namesOf = (corpora: readonly Corpus[], of: 'issuer' | 'jurisdiction'): Option<string>[] =>
  [...new Set(corpora.map((one) => one[of]))].sort().map((value) => ({ value, label: value }));

const countries = new Intl.DisplayNames('en', { type: 'region' });

/** Countries mostly stand there as two letters. */
function withCountry(place: Option<string>): Option<string> {
  const country = /^[A-Z]{2}$/.test(place.value) ? countries.of(place.value) : undefined;
  return country === undefined || country === place.value ? place : { ...place, note: country };
}
