//! What people do with the program, from its first start on.

mod accessibility;
mod downloads;
mod first_start;
mod going_on;
mod languages;
mod many;
mod offline;
mod people;
mod similar;
mod viewer;
