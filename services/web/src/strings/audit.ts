// Words of the auditor's workbench that its rooms share.
export const audit = {
  area: 'Audit',
  areas: {
    figures: 'Numbers',
    answers: 'Answers',
    recall: 'Recall',
    feedback: 'Feedback',
    reviews: 'Reviews',
    log: 'Log',
  },
};
