// What a corpus is, in a few lines; loudly, where its licence has ended.
import { Notice } from '../../parts/Notice';
import { literature } from '../../strings';
import { corpora as say } from '../../strings/corpora';
import { dateWords } from '../../text/dates';
import styles from '../Desk.module.css';
import type { CorpusHealth } from '../types';
import own from './CorpusView.module.css';

export function About({ health: { corpus, is_licence_over } }: { health: CorpusHealth }) {
  const { expires } = corpus.rights;
  return (
    <>
      <p className={styles.quiet}>
        {say.about(corpus.issuer, literature.kinds[corpus.kind], corpus.jurisdiction, corpus.language)}
      </p>
      {corpus.evidence_level && <p className={styles.quiet}>{say.evidence(corpus.evidence_level)}</p>}
      <p className={styles.quiet}>
        {say.id} <code>{corpus.id}</code>
      </p>
      {is_licence_over && (
        <div className={own.loud}>
          <Notice tone="stop" title={say.rights.over}>
            {say.rights.overDetail(expires ? dateWords(expires) : null)}
          </Notice>
        </div>
      )}
    </>
  );
}
