// What one does next about a measure: the way to what it was made of.
import { Link } from '@tanstack/react-router';
import { statusWord } from '../audit/answers/words';
import { alarms } from '../strings/alarms';
import styles from './Records.module.css';
import type { MeasureName, Share, Watch } from './types';

const say = alarms.next;

interface NextProps {
  name: MeasureName;
  watch: Watch;
  statuses: readonly Share[];
}

export function Next({ name, watch: { from, to }, statuses }: NextProps) {
  return <ul className={styles.next}>{linksOf(name, { from, to }, statuses)?.map((link) => <li key={link.key}>{link}</li>)}</ul>;
}

interface Days {
  from: string;
  to: string;
}

function linksOf(name: MeasureName, days: Days, statuses: readonly Share[]) {
  switch (name) {
    case 'supported':
      return [
        <Link key="unsupported" to="/audit/answers" search={{ ...days, verdict: 'unsupported' }}>
          {say.unsupported}
        </Link>,
      ];
    case 'abstained':
      return [
        <Link key="abstained" to="/audit/answers" search={{ ...days, status: 'no_evidence' }}>
          {say.abstained}
        </Link>,
        <Link key="gaps" to="/library/gaps">
          {say.gaps}
        </Link>,
      ];
    case 'failed':
      return failures(days, statuses);
    case 'contradicted':
      return [
        <Link key="contradicted" to="/audit/answers" search={{ ...days, verdict: 'contradicted' }}>
          {say.contradicted}
        </Link>,
      ];
    case 'stale':
    case 'retracted': {
      const status = name === 'stale' ? 'superseded' : 'retracted';
      return [
        <Link key="documents" to="/library/documents" search={{ status }}>
          {say[status]}
        </Link>,
        <Link key="recall" to="/audit/recall">
          {say.recall}
        </Link>,
      ];
    }
    case 'disagreed':
      return [
        <Link key="disagreed" to="/audit/feedback" search={{ kind: 'disagree' }}>
          {say.disagreed}
        </Link>,
      ];
    case 'identifiers':
      return [
        <Link key="asked" to="/audit/log" search={{ action: 'answer.asked' }}>
          {say.asked}
        </Link>,
      ];
    case 'waiting_hours':
      return [
        <Link key="waiting" to="/audit/feedback" search={{ kind: 'safety', state: 'open' }}>
          {say.waiting}
        </Link>,
      ];
    default:
      return null;
  }
}

/** As many as are worth a line: the commonest of them. */
const MOST = 3;

/** The record is searched by one of them at a time. */
function failures(days: Days, statuses: readonly Share[]) {
  const failed = statuses.filter(({ name }) => name === 'timeout' || name.startsWith('failed'));
  if (failed.length === 0) {
    return [
      <Link key="answers" to="/audit/answers" search={{ ...days }}>
        {say.answers}
      </Link>,
    ];
  }
  return failed.slice(0, MOST).map(({ name: status }) => (
    <Link key={status} to="/audit/answers" search={{ ...days, status }}>
      {say.failed(statusWord(status))}
    </Link>
  ));
}
