//! What must never break, whichever room it is in? The checks are one integration test, in `checks/`.
