// Pages for addresses that lead nowhere, and for pages that have failed.
import { Link } from '@tanstack/react-router';
import { Button } from '../parts/Button';
import { shell as words } from '../strings';
import styles from './NotFound.module.css';

export function NotFound() {
  return (
    <div className={styles.page}>
      <h1>{words.notFound}</h1>
      <p>{words.notFoundDetail}</p>
      <p>
        <Link to="/">{words.home}</Link>
      </p>
    </div>
  );
}

export function Broken() {
  return (
    <div className={styles.page} role="alert">
      <h1>{words.broken}</h1>
      <p>{words.brokenDetail}</p>
      <Button
        onPress={() => {
          location.reload();
        }}
      >
        {words.reload}
      </Button>
    </div>
  );
}
