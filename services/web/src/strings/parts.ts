// Words that the parts themselves need.
export const parts = {
  close: 'Close',
  required: 'required',
  loading: 'Loading',
  copy: 'Copy',
  copyThis: (label: string) => `Copy: ${label}`,
  copied: 'Copied',
  copyFailed: 'The browser did not allow copying: select the text and copy it yourself.',
  pages: {
    find: 'Find in this list',
    previous: 'Previous page',
    next: 'Next page',
    none: 'Nothing in this list has these letters.',
    span: (from: number, to: number, of: number) =>
      `${from.toLocaleString('en')} to ${to.toLocaleString('en')} of ${of.toLocaleString('en')}`,
  },
};
