// What this installation is for and what runs in it, and the attributes that the law asks for, each with a value or a reason.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from '../parts/Button';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { useTitle } from '../shell/useTitle';
import { model as say } from '../strings/model';
import { CardView } from './CardView';
import { LabelingView } from './LabelingView';
import { CARD, cardQuery, LABELING, labelingQuery } from './model';
import styles from './Model.module.css';

export function ModelPage() {
  useTitle(say.title);
  const labeling = useQuery(labelingQuery);
  const card = useQuery(cardQuery);
  return (
    <div className={styles.page}>
      <p className={styles.faint}>
        <Link to="/about">{say.back}</Link>
      </p>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      <p>{say.source}</p>
      <p className={styles.files}>
        {say.files}:{' '}
        <a href={CARD} download="osler-model-card.json">
          {say.cardFile}
        </a>
        {' · '}
        <a href={LABELING} download="osler-labelling.json">
          {say.labelFile}
        </a>
      </p>
      <section className={styles.part}>
        <h2>{say.label.title}</h2>
        {labeling.isPending && <Skeleton lines={8} label={say.loading} />}
        {labeling.isError && (
          <ProblemNotice
            title={say.failedLabel}
            error={labeling.error}
            actions={<Button onPress={() => void labeling.refetch()}>{say.retry}</Button>}
          />
        )}
        {labeling.isSuccess && <LabelingView labeling={labeling.data} />}
      </section>
      <section className={styles.part}>
        <h2>{say.card.title}</h2>
        {card.isPending && <Skeleton lines={8} label={say.loading} />}
        {card.isError && (
          <ProblemNotice
            title={say.failedCard}
            error={card.error}
            actions={<Button onPress={() => void card.refetch()}>{say.retry}</Button>}
          />
        )}
        {card.isSuccess && <CardView card={card.data} />}
      </section>
    </div>
  );
}
