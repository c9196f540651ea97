// The filters of the list of documents. Each stands in the address; what is typed goes there when it is sent.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Button } from '../../parts/Button';
import { Checks } from '../../parts/Checks';
import type { Option } from '../../parts/Choice';
import { Disclosure } from '../../parts/Disclosure';
import { Field } from '../../parts/Field';
import { Select } from '../../parts/Select';
import { useFirstInvalid } from '../../parts/useFirstInvalid';
import { useMedia } from '../../shell/useMedia';
import { literature } from '../../strings';
import { documents } from '../../strings/documents';
import { libraryCorporaQuery } from '../queries';
import type { DocumentFilter } from '../types';
import styles from './Documents.module.css';
import { filterOf, isFiltered, YEAR } from './filter';

const say = documents.filters;
const all: Option<string> = { value: '', label: say.all };
const optionsOf = (words: Record<string, string>): Option<string>[] => [
  all,
  ...Object.entries(words).map(([value, label]) => ({ value, label })),
];
const statuses = optionsOf(literature.statuses);
const kinds = optionsOf(literature.kinds);
const only = [
  { value: 'due', label: say.due },
  { value: 'poor', label: say.poor },
] as const;

type Typed = Required<Pick<DocumentFilter, 'q' | 'issuer' | 'year'>>;

export function DocumentFilters({ filter }: { filter: DocumentFilter }) {
  const navigate = useNavigate();
  const { draft, write } = useTyped(filter);
  const [errors, setErrors] = useState<{ year?: string }>({});
  const place = useFirstInvalid(errors);

  const narrow = (change: DocumentFilter) =>
    void navigate({
      to: '/library/documents',
      search: filterOf({ ...filter, ...change }),
      replace: true,
      resetScroll: false,
    });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const typed = { q: draft.q.trim(), issuer: draft.issuer.trim(), year: draft.year.trim() };
    const isYear = typed.year === '' || YEAR.test(typed.year);
    setErrors(isYear ? {} : { year: say.badYear });
    if (isYear) narrow(typed);
  };

  return (
    <form ref={place} role="search" aria-label={say.label} onSubmit={submit} noValidate className={styles.filters}>
      <div className={styles.words}>
        <Field
          type="search"
          label={say.q}
          description={say.qNote}
          value={draft.q}
          maxLength={200}
          onChange={(q) => write({ q })}
        />
        <Button type="submit" look="primary">
          {say.search}
        </Button>
      </div>
      <Folded isOpenAtFirst={isFiltered(filter)}>
        <div className={styles.fields}>
          <Field label={say.issuer} value={draft.issuer} maxLength={200} onChange={(issuer) => write({ issuer })} />
          <Field
            label={say.year}
            value={draft.year}
            inputMode="numeric"
            maxLength={4}
            onChange={(year) => write({ year })}
            error={errors.year}
          />
          <Corpora value={filter.corpus ?? ''} onChange={(corpus) => narrow({ corpus })} />
          <Select
            label={say.status}
            options={statuses}
            value={filter.status ?? ''}
            onChange={(status) => narrow({ status })}
          />
          <Select label={say.kind} options={kinds} value={filter.kind ?? ''} onChange={(kind) => narrow({ kind })} />
          <Checks
            label={say.only}
            options={only}
            value={only.map(({ value }) => value).filter((one) => filter[one] === 'true')}
            onChange={(chosen) => {
              const flag = (name: 'due' | 'poor') => (chosen.includes(name) ? 'true' : '');
              narrow({ due: flag('due'), poor: flag('poor') });
            }}
          />
        </div>
      </Folded>
      {isFiltered(filter) && (
        <p>
          <Link to="/library/documents" search={{}} replace resetScroll={false}>
            {say.clear}
          </Link>
        </p>
      )}
    </form>
  );
}

/** On a narrow screen, the documents themselves come first. */
function Folded({ isOpenAtFirst, children }: { isOpenAtFirst: boolean; children: ReactNode }) {
  const hasRoom = useMedia('(min-width: 40rem)');
  if (hasRoom) return children;
  return (
    <Disclosure title={say.more} level={2} isOpenAtFirst={isOpenAtFirst}>
      {children}
    </Disclosure>
  );
}

function Corpora({ value, onChange }: { value: string; onChange: (corpus: string) => void }) {
  const { data } = useQuery(libraryCorporaQuery);
  const known = (data?.corpora ?? []).map(({ corpus: { id, title } }) => ({ value: id, label: title }));
  const isKnown = value === '' || known.some((one) => one.value === value);
  // One that the address names and nobody knows is a filter, too.
  const options = [all, ...known, ...(isKnown ? [] : [{ value, label: value }])];
  return <Select label={say.corpus} options={options} value={value} onChange={onChange} />;
}

/** What is being typed, begun anew when the address changes under it: by a link, or by going back. */
function useTyped({ q = '', issuer = '', year = '' }: DocumentFilter) {
  const there = JSON.stringify([q, issuer, year]);
  const [draft, setDraft] = useState({ of: there, q, issuer, year });
  if (draft.of !== there) setDraft({ of: there, q, issuer, year });
  const write = (change: Partial<Typed>) => setDraft({ ...draft, ...change });
  return { draft, write };
}
