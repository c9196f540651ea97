// What is said where the licence does not allow a text to be displayed.
import { Refused } from '../../api/problem';
import { Notice } from '../../parts/Notice';
import { documentRecord as say } from '../../strings/documents';

export const isNotDisplayable = (error: unknown): boolean =>
  error instanceof Refused && error.problem.code === 'not_displayable';

export function NotDisplayable() {
  return (
    <Notice tone="warn" title={say.notDisplayable}>
      {say.notDisplayableDetail}
    </Notice>
  );
}
