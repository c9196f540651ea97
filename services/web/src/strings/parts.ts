// Words that the parts themselves need.
export const parts = {
  close: 'Close',
  required: 'required',
  loading: 'Loading',
};
