// Everything the pages say, by room.
export { api } from './api';
export { parts } from './parts';
export { problem } from './problem';
export { ask } from './ask';
export { literature } from './literature';
export { shell } from './shell';
export { answer } from './answer';
export { reader } from './reader';
export { conversation } from './conversation';
