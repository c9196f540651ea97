// Every document by its newest version: filtered, counted, and opened from here.
import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTitle } from '../shell/useTitle';
import { documents as say } from '../strings/documents';
import desk from './Desk.module.css';
import { DocumentFilters } from './documents/DocumentFilters';
import styles from './documents/Documents.module.css';
import { filterOf } from './documents/filter';
import { Stretch } from './documents/Stretch';

export function DocumentsPage() {
  useTitle(say.title);
  const search = useSearch({ from: '/library/documents' });
  const filter = useMemo(() => filterOf(search), [search]);
  return (
    <div className={styles.page}>
      <h1>{say.title}</h1>
      <p className={desk.lead}>{say.lead}</p>
      <DocumentFilters filter={filter} />
      {/* Another filter is another list, from its beginning. */}
      <Stretch key={JSON.stringify(filter)} filter={filter} />
    </div>
  );
}
