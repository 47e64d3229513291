//! What an operator sees of a traced call, and what nobody sees.
//! Messages are written by hand; the clock is a number.
