// Says that the server is away, and when it is back.
import { Button } from '../parts/Button';
import { Notice } from '../parts/Notice';
import { shell as words } from '../strings';
import { useReach } from './reach';
import styles from './ReachNotice.module.css';
import { useServices } from './services';

export function ReachNotice() {
  const { reach } = useServices();
  const state = useReach(reach);
  return (
    <div className={styles.place} role="status" data-no-print>
      {state === 'lost' && (
        <Notice tone="stop" title={words.lost}>
          {words.lostDetail}
        </Notice>
      )}
      {state === 'back' && (
        <Notice
          tone="good"
          title={words.back}
          actions={
            <Button size="s" onPress={reach.settle}>
              {words.dismiss}
            </Button>
          }
        >
          {words.backDetail}
        </Notice>
      )}
    </div>
  );
}
