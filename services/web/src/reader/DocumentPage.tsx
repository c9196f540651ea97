// A document as a page of its own: what a link to a quote opens.
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { documentQuery } from '../api/keys';
import { useTitle } from '../shell/useTitle';
import styles from './DocumentPage.module.css';
import { ReaderView } from './ReaderView';
import { readDocumentSearch } from './state';

export function DocumentPage() {
  const { id } = useParams({ from: '/documents/$id' });
  const search = useSearch({ from: '/documents/$id' });
  const opened = useMemo(() => readDocumentSearch(id, search), [id, search]);
  useEffect(() => {
    scrollTo(0, 0);
  }, [id]);
  const { data } = useQuery(documentQuery(opened.document, opened.version));
  useTitle(data?.title ?? null);
  return (
    <div className={styles.page}>
      <ReaderView opened={opened} level={1} />
    </div>
  );
}
