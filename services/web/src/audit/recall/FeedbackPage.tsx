// What readers said.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from '../../parts/Button';
import { Chip } from '../../parts/Chip';
import { Choice } from '../../parts/Choice';
import { Fact, Facts } from '../../parts/Facts';
import { AlertIcon, FlagIcon } from '../../parts/icons';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { count } from '../../records/words';
import { useTitle } from '../../shell/useTitle';
import { readers as say } from '../../strings/recall';
import { timeUtc } from '../../text/times';
import { type Feedback, feedbackQuery } from './calls';
import styles from './Recall.module.css';

type Kind = Feedback['kind'];

const kinds: readonly Kind[] = ['safety', 'disagree', 'unhelpful', 'helpful'];
const ALL = 'all';

/** As many as the server sends. */
const MOST = 500;

export function FeedbackPage() {
  useTitle(say.title);
  const feedback = useQuery(feedbackQuery);
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={styles.lead}>{say.lead}</p>
      {feedback.isPending && <Skeleton lines={8} label={say.loading} />}
      {feedback.isError && (
        <ProblemNotice
          title={say.failed}
          error={feedback.error}
          actions={<Button onPress={() => void feedback.refetch()}>{say.retry}</Button>}
        />
      )}
      {feedback.data && <Said feedback={feedback.data} />}
    </div>
  );
}

function Said({ feedback }: { feedback: readonly Feedback[] }) {
  const navigate = useNavigate();
  const { kind: named } = useSearch({ from: '/audit/feedback' });
  const kind = kinds.find((one) => one === named) ?? ALL;
  if (feedback.length === 0) return <Notice title={say.none}>{say.noneDetail}</Notice>;

  const of = (wanted: Kind | typeof ALL) =>
    wanted === ALL ? feedback : feedback.filter((one) => one.kind === wanted);
  const options = ([ALL, ...kinds] as const).map((value) => ({
    value,
    label: say.counted(value === ALL ? say.all : say.kinds[value], count(of(value).length)),
  }));
  const shown = of(kind);
  return (
    <>
      <Choice
        label={say.filter}
        options={options}
        value={kind}
        onChange={(chosen) =>
          void navigate({
            to: '/audit/feedback',
            search: chosen === ALL ? {} : { kind: chosen },
            ...{ replace: true, resetScroll: false },
          })
        }
        isRow
      />
      {feedback.length >= MOST && <p className={styles.note}>{say.most(count(feedback.length))}</p>}
      {shown.length === 0 ? (
        <Notice title={say.noneOfKind}>{say.noneOfKindDetail}</Notice>
      ) : (
        <ol className={styles.said} aria-label={say.list}>
          {shown.map((one) => (
            <li key={one.id}>
              <One said={one} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function One({ said: { kind, received_at, actor, statement, category, severity, comment, answer } }: { said: Feedback }) {
  return (
    <>
      <p className={styles.head}>
        {kind === 'safety' && (
          <Chip tone="stop" icon={<AlertIcon size={13} />}>
            {say.kinds.safety}
          </Chip>
        )}
        {kind === 'disagree' && (
          <Chip tone="warn" icon={<FlagIcon size={13} />}>
            {say.kinds.disagree}
          </Chip>
        )}
        {kind !== 'safety' && kind !== 'disagree' && <Chip>{say.kinds[kind] ?? kind}</Chip>}
        <Time at={received_at} isExact />
      </p>
      {comment ? <p className={styles.comment}>{comment}</p> : <p className={styles.note}>{say.noComment}</p>}
      <Facts>
        <Fact name={say.where}>{say.about(statement ?? null)}</Fact>
        {category && <Fact name={say.what}>{say.categories[category] ?? category}</Fact>}
        {severity && <Fact name={say.outcome}>{say.severities[severity]?.label ?? severity}</Fact>}
        <Fact name={say.who}>{actor}</Fact>
      </Facts>
      <p className={styles.links}>
        <Link to="/audit/answers/$id" params={{ id: answer }} aria-label={say.openOf(timeUtc(received_at, true))}>
          {say.open}
        </Link>
      </p>
    </>
  );
}
