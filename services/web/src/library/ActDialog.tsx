// The question before something lasting is done, where the library's pages look for it.
export { ActDialog, type Given } from '../parts/ActDialog';
