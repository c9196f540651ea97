// Words about calls that failed.
export const api = {
  lost: 'The server was not reached.',
  missing: 'This server does not offer that yet.',
  unreadable: (status: number) => `The server answered with status ${status} and nothing that can be read.`,
};
