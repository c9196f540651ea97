// Words of the question that is asked before something lasting is done.
export const act = {
  cancel: 'Cancel',
  password: 'Password',
  noPassword: 'Enter your password.',
  wrongPassword: 'This is not your password. Enter it again.',
  retry: 'Try again',
};
