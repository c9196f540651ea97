// How often what was: lists with a bar for each line.
import type { ReactNode } from 'react';
import { records as say } from '../strings/records';
import type { Words } from './Narrow';
import styles from './Records.module.css';
import type { Figures, Share } from './types';
import { count, nameOf, percent } from './words';

const names = ['statuses', 'verdicts', 'standings', 'corpora', 'models', 'feedback'] as const;

interface SharesProps {
  figures: Figures;
  /** Titles of the corpora that are known. */
  titles: Words;
}

export function Shares({ figures, titles }: SharesProps) {
  const stale = figures.stale_when_cited;
  return (
    <div className={styles.lists}>
      {names.map((name) => (
        <List key={name} {...say.shares[name]} {...(name === 'corpora' ? { words: titles } : {})} shares={figures[name]}>
          {name === 'standings' && stale > 0 && <p className={styles.note}>{say.stale(count(stale), stale === 1)}</p>}
        </List>
      ))}
    </div>
  );
}

interface ListProps {
  title: string;
  note: string;
  words: Words;
  shares: readonly Share[];
  children: ReactNode;
}

function List({ title, note, words, shares, children }: ListProps) {
  const all = shares.reduce((sum, share) => sum + share.count, 0);
  return (
    <section className={styles.list}>
      <h2>{title}</h2>
      {note !== '' && <p className={styles.note}>{note}</p>}
      {all === 0 && <p>{say.nothing}</p>}
      {all > 0 && (
        <ul>
          {shares.map((share) => (
            <li key={share.name}>
              <span className={styles.name}>{nameOf(share.name, words)}</span>{' '}
              <span className={styles.count}>{say.of(count(share.count), percent(share.count, all))}</span>
              <span className={styles.bar} aria-hidden="true">
                <span style={{ width: `${(share.count / all) * 100}%` }} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {children}
    </section>
  );
}
