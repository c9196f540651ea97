// Who is signed in, as the server says it.
import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Role = Schemas['Role'];
export type Account = Schemas['SignedAccount'];
export type Session = Schemas['SessionReply'];
export type Credentials = Schemas['Credentials'];
export type NewPassword = Schemas['NewPassword'];
