// The two addresses of a conversation: before its first question, and afterwards.
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { conversationQuery } from '../api/keys';
import { Refused } from '../api/problem';
import type { Answer } from '../api/types';
import { Button } from '../parts/Button';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { useAsked } from '../shell/services';
import { conversation as words } from '../strings';
import styles from './ConversationPage.module.css';
import { ConversationRoom } from './ConversationRoom';
import { NEW } from './desk';

const none: readonly Answer[] = [];

export function NewQuestionPage() {
  const search = useSearch({ from: '/' });
  return <ConversationRoom room={NEW} title={null} kept={none} search={search} />;
}

export function ConversationPage() {
  const { conversation } = useParams({ from: '/c/$conversation' });
  const search = useSearch({ from: '/c/$conversation' });
  const { data, error, refetch } = useQuery(conversationQuery(conversation));
  const asked = useAsked(conversation);

  if (!data && error) {
    const isOld = error instanceof Refused && error.isMissingEndpoint;
    return (
      <div className={styles.aside}>
        {isOld ? (
          <Notice tone="warn" title={words.loadFailed}>
            {words.unavailable}
          </Notice>
        ) : (
          <ProblemNotice
            error={error}
            title={words.loadFailed}
            actions={
              <Button size="s" onPress={() => void refetch()}>
                {words.retry}
              </Button>
            }
          />
        )}
      </div>
    );
  }
  if (!data && asked.length === 0) {
    return (
      <div className={styles.aside}>
        <Skeleton lines={8} label={words.loading} />
      </div>
    );
  }
  return (
    <ConversationRoom
      key={conversation}
      room={conversation}
      title={data?.title ?? null}
      kept={data?.answers ?? none}
      search={search}
    />
  );
}
