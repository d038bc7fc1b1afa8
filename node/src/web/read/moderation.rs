//! stand-in
use super::super::body::{ForkBody,LogBody,ReceiptBody}; use super::{Reader,ReadError}; use dorpsplein_protocol::store::StoreError; use dorpsplein_protocol::operation::ItemId;
impl Reader { pub(in super::super) fn forks(&self)->Result<Vec<ForkBody>,StoreError>{Ok(Vec::new())} pub(in super::super) fn receipts(&self,_i:&ItemId)->Result<Vec<ReceiptBody>,ReadError>{Ok(Vec::new())} pub(in super::super) fn log(&self,_a:Option<&str>)->Result<LogBody,ReadError>{Ok(LogBody{entries:Vec::new(),next:None})} }
