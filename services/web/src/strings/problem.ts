// Words about what went wrong.
export const problem = {
  title: 'That did not work',
  unknown: 'Something failed in this page.',
  requestId: 'Request',
};
