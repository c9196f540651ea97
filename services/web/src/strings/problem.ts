// Words about what went wrong.
export const problem = {
  title: 'That did not work',
  unknown: 'Something failed in this page.',
  requestId: 'Request',
  notAllowed: 'Your role does not include this',
  notAllowedHelp: 'You are signed in, and trying again will not help. Whoever manages the accounts here can change your role.',
};
