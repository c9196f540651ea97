// Fetches the text of a version with its passages, and says what of it cannot be had.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { documentQuery } from '../../api/keys';
import type { HeldDocument } from '../../api/types';
import { Button } from '../../parts/Button';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { documentRecord } from '../../strings/documents';
import { library } from '../../strings/library';
import { passagesQuery } from '../queries';
import type { LibraryPassage } from '../types';
import { isNotDisplayable, NotDisplayable } from './displayable';

const say = documentRecord.text;

interface HeldTextProps {
  document: string;
  version: number;
  /** Passages are null where they could not be had. */
  children: (held: HeldDocument, passages: readonly LibraryPassage[] | null) => ReactNode;
}

export function HeldText({ document, version, children }: HeldTextProps) {
  const held = useQuery(documentQuery(document, version));
  const passages = useQuery(passagesQuery(document, version));
  if (isNotDisplayable(held.error)) return <NotDisplayable />;
  if (held.isError) {
    return (
      <ProblemNotice
        title={say.failed}
        error={held.error}
        actions={<Button onPress={() => void held.refetch()}>{library.retry}</Button>}
      />
    );
  }
  if (held.isPending || passages.isPending) return <Skeleton lines={12} label={say.loading} />;
  return (
    <>
      {passages.isError && (
        <ProblemNotice
          title={say.passagesFailed}
          error={passages.error}
          actions={<Button onPress={() => void passages.refetch()}>{library.retry}</Button>}
        />
      )}
      {children(held.data, passages.data?.passages ?? null)}
    </>
  );
}
