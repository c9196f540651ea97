// The names under which the reviews' pages know what the server sends.
import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type Review = Schemas['Review'];
export type ReviewReply = Schemas['ReviewReply'];
export type ReviewRequest = Schemas['ReviewRequest'];
export type Reviews = Schemas['ReviewPage'];
export type State = Schemas['ReviewState'];
export type Stratum = Schemas['ReviewStratum'];
export type Signature = Schemas['ReviewSignature'];
export type Statistics = Schemas['ReviewStatistics'];
export type Agreement = Schemas['Agreement'];
export type Estimate = Schemas['Estimate'];
export type Proportion = Schemas['Proportion'];
export type Rating = Schemas['Rating'];
export type Given = Schemas['GivenRating'];
export type Remark = Schemas['RatingRemark'];
export type Item = Schemas['ReviewItem'];
export type ItemPage = Schemas['ReviewItemPage'];
export type WholeItem = Schemas['ItemReply'];
export type Quote = Schemas['ItemQuote'];
export type SignRequest = Schemas['SignRequest'];

export const ratings: readonly Rating[] = ['supported', 'partial', 'unsupported', 'contradicted', 'cannot_tell'];
