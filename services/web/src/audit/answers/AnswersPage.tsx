// Answers, found by any field.
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useSearch } from '@tanstack/react-router';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { useArrival } from '../../parts/useArrival';
import { count } from '../../records/words';
import { useTitle } from '../../shell/useTitle';
import { answersFound as say } from '../../strings/answersFound';
import { AnswerList } from './AnswerList';
import styles from './Answers.module.css';
import { foundQuery } from './calls';
import { FilterForm } from './FilterForm';
import { beforeOf, faultsOf, type Filters, filtersOf, isId } from './filters';
import { Straight } from './Straight';
import { TakeAnswers } from './TakeAnswers';

export function AnswersPage() {
  useTitle(say.title);
  const { id, before, ...search } = useSearch({ from: '/audit/answers' });
  if (id !== undefined && isId(id)) return <Navigate to="/audit/answers/$id" params={{ id }} replace />;
  const filters = filtersOf(search);
  // Another search is another form.
  const name = JSON.stringify(filters);
  const isWrong = Object.keys(faultsOf(filters)).length > 0;
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      <Straight />
      <FilterForm key={name} filters={filters} />
      {isWrong ? (
        <Notice tone="warn" title={say.list.wrong} live="alert" />
      ) : (
        <Found name={name} filters={filters} before={beforeOf(before)} />
      )}
    </div>
  );
}

interface FoundProps {
  name: string;
  filters: Filters;
  before: string | null;
}

function Found({ name, filters, before }: FoundProps) {
  const words = say.list;
  const heading = useArrival(`${name} ${before}`);
  const found = useQuery(foundQuery(filters, before));
  const { answers = [], next = null } = found.data ?? {};
  const isEmpty = found.isSuccess && answers.length === 0;
  return (
    <>
      <section className={styles.section}>
        <h2 ref={heading} tabIndex={-1}>
          {words.heading}
        </h2>
        {/* Always there, so that what appears in it is read aloud. */}
        <p role="status" className={styles.said}>
          {found.isSuccess && !isEmpty && words.said(count(answers.length), next !== null)}
        </p>
        {found.isPending && <Skeleton lines={10} label={words.loading} />}
        {found.isError && (
          <ProblemNotice
            title={words.failedToRead}
            error={found.error}
            actions={<Button onPress={() => void found.refetch()}>{words.retry}</Button>}
          />
        )}
        {isEmpty && before === null && <Notice title={words.none}>{words.noneDetail}</Notice>}
        {isEmpty && before !== null && <Notice title={words.noOlder}>{words.noOlderDetail}</Notice>}
        {answers.length > 0 && <AnswerList answers={answers} />}
        {(before !== null || next !== null) && (
          <nav aria-label={words.pages} className={styles.links} data-no-print>
            {before !== null && (
              <Link to="/audit/answers" search={filters} resetScroll={false}>
                {words.latest}
              </Link>
            )}
            {next !== null && (
              <Link to="/audit/answers" search={{ ...filters, before: String(next) }} resetScroll={false}>
                {words.older}
              </Link>
            )}
          </nav>
        )}
      </section>
      {answers.length > 0 && <TakeAnswers filters={filters} shown={answers} />}
    </>
  );
}
