// The name of a file, which anybody may have chosen.
import { visibleName } from '../text/names';
import styles from './Desk.module.css';

export const FileName = ({ name }: { name: string }) => <bdi className={styles.title}>{visibleName(name)}</bdi>;
