// How a version stands, in words. What is only staged has a standing too, and is not in force.
import type { DocumentView } from '../api/types';
import { literature } from '../strings/literature';

type Version = DocumentView['versions'][number];

export const standingOf = ({ status, is_in_force: isInForce }: Pick<Version, 'status' | 'is_in_force'>): string =>
  status === 'current' && !isInForce ? literature.notInForce : literature.statuses[status];

/** Whether questions find the version that is shown. */
export const isInForce = ({ version, versions }: Pick<DocumentView, 'version' | 'versions'>): boolean =>
  versions.some((one) => one.number === version && one.is_in_force);
