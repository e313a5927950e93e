//! What people do with the program, from its first start on.

mod accessibility;
mod downloads;
mod explore;
mod first_start;
mod going_on;
mod languages;
mod many;
mod offline;
mod similar;
mod viewer;
