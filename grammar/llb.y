/* The grammar of the llb language. Actions only build nodes; check.c, with the
 * whole tree, finds what is wrong with their meaning. */
%require "3.8"
%define api.pure full
%define api.prefix {llbc__yy}
%define api.token.prefix {TOK_}
/* Copied several times a token: what is larger than 24 bytes is a pointer. */
%define api.value.type union
%define api.location.type {llb_span}
%define parse.error custom /* yyreport_syntax_error feeds our diagnostics */
%define parse.lac full     /* so that "expected X" is never a lie */
%locations
%expect 0
%lex-param {yyscan_t scanner} {llbc__parser *p}
%parse-param {yyscan_t scanner} {llbc__parser *p}

%code requires {
#include "parse_impl.h"

#ifndef YY_TYPEDEF_YY_SCANNER_T
#define YY_TYPEDEF_YY_SCANNER_T
typedef void *yyscan_t;
#endif
}

%code provides {
/* The tokens as the grammar takes them (parse_token.c), and as the scanner
 * finds them (llb.l). Both return 0 at the end. */
int llbc__yylex(LLBC__YYSTYPE *value, llb_span *at, yyscan_t scanner,
                llbc__parser *p);
int llbc__scan(LLBC__YYSTYPE *value, llb_span *at, yyscan_t scanner);
}

%code {
/* Bounds the parser's stack only, which is on the stack from the start: no
 * memory can run out there. Left recursion (a+b+c, a.b.c, f(x)(y)) makes deep
 * trees without it, so each node keeps 1 + its children's depth, and more than
 * LLBC__MAX_DEPTH is a diagnostic: then walks may recurse. */
#define YYMAXDEPTH 1000
#define YYINITDEPTH YYMAXDEPTH

#define YYLLOC_DEFAULT(cur, rhs, n)                                            \
    do {                                                                       \
        if (n) {                                                               \
            (cur).file = YYRHSLOC(rhs, 1).file;                                \
            (cur).start = YYRHSLOC(rhs, 1).start;                              \
            (cur).end = YYRHSLOC(rhs, n).end;                                  \
        } else { /* nothing, right behind what came before */                  \
            (cur).file = YYRHSLOC(rhs, 0).file;                                \
            (cur).start = (cur).end = YYRHSLOC(rhs, 0).end;                    \
        }                                                                      \
    } while (0)

/* Every builder fails only when memory runs out. */
#define MUST(made)                                                             \
    do {                                                                       \
        if (!(made))                                                           \
            YYABORT;                                                           \
    } while (0)

static void llbc__yyerror(const llb_span *at, yyscan_t scanner,
                          llbc__parser *p, const char *message);

static const llbc__name no_name;
}

%token <llbc__name> NAME "a name" KEY "an option"
%token <int64_t> INT "a number"
%token <llbc__quote> STRING_OPEN "a string"
%token RAW "a raw string" TEXT "text" STRING_CLOSE "the end of the string"
%token INTERP "`${`" INTERP_CLOSE "`}`"
%token LPAREN "`(`" CALL "an argument list" RPAREN "`)`"
%token LBRACKET "`[`" INDEX "an index" RBRACKET "`]`"
%token LBRACE "`{`" RBRACE "the `}` of the block" LMAP "a map" RMAP "the `}` of the map"
%token DOT "`.`" ELLIPSIS "`...`" COMMA "`,`" COLON "`:`" ARROW "`->`" ASSIGN "`=`"
%token EQ "`==`" NE "`!=`" LT "`<`" LE "`<=`" GT "`>`" GE "`>=`"
%token AND "`&&`" OR "`||`" NOT "`!`"
%token PLUS "`+`" MINUS "`-`" NEG "a sign" STAR "`*`" SLASH "`/`" PERCENT "`%`"
%token KW_LLB "`llb`" KW_IMPORT "`import`" KW_AS "`as`" KW_ARG "`arg`"
%token KW_LET "`let`" KW_DEF "`def`" KW_TARGET "`target`" KW_GROUP "`group`"
%token KW_IF "`if`" KW_THEN "`then`" KW_ELSE "`else`" KW_FOR "`for`" KW_IN "`in`"
%token KW_FS "`fs`" KW_TRUE "`true`" KW_FALSE "`false`"
%token NL "the end of the line"
%token SEMICOLON "`;`"  /* the scanner's; the grammar gets NL */
%token BAD "a mistake"  /* told already */

%type <llbc__expr *> expr or and equality comparison sum product unary
%type <llbc__expr *> primary atom string key operand value condition
%type <llbc__parts> parts
%type <llbc__arg *> arg
%type <llbc__args> words args args_open items items_open entries entries_open
%type <llbc__args> options
%type <llbc__params *> params params_inner params_open
%type <llbc__param *> param
%type <llbc__type *> type type_opt result_opt
%type <llbc__block *> block block_opt
%type <llbc__stmts> statements
%type <llbc__stmt *> statement if_statement
%type <llbc__stmt *> call
%type <llbc__expr *> head
%type <llbc__name> as_opt name2_opt
%type <llbc__target_name *> target_name

%%
file:
  declarations /* nothing before it: an error in the first line has a place */
;
declarations:
  %empty
| declarations declaration NL
| declarations error NL
    { if (llbc__diags_full(p->diags))
        YYABORT;
      yyerrok; }
;
declaration:
  KW_LLB INT                  { llbc__edition(p, @$, $INT); }
| KW_IMPORT string KW_AS NAME
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_IMPORT, .head = @$, .name = $NAME,
          .u.import.path = $string})); }
| KW_IMPORT NAME[source] CALL args RPAREN string KW_AS NAME[name]
    { llbc__expr *from;
      MUST(from = llbc__name_expr(p, $source));
      MUST(from = llbc__call(p, llbc__join(@source, @RPAREN), from, $args,
                             @RPAREN));
      MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_IMPORT, .head = @$, .name = $name,
          .u.import = {from, $string}})); }
| KW_ARG NAME type_opt options
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_ARG, .head = @$, .name = $NAME,
          .u.arg = {$type_opt, NULL, $options}})); }
| KW_ARG NAME type_opt ASSIGN value options
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_ARG, .head = @$, .name = $NAME,
          .u.arg = {$type_opt, $value, $options}})); }
| KW_LET NAME type_opt ASSIGN expr
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_LET, .head = llbc__join(@1, @type_opt),
          .name = $NAME, .u.let = {$NAME, $type_opt, $expr}})); }
| KW_DEF NAME params result_opt block
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_DEF, .head = llbc__join(@1, @result_opt),
          .name = $NAME, .u.def = {*$params, $result_opt, $block, NULL}})); }
| KW_DEF NAME params result_opt ASSIGN expr
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_DEF, .head = llbc__join(@1, @result_opt),
          .name = $NAME, .u.def = {*$params, $result_opt, NULL, $expr}})); }
| KW_TARGET target_name options block
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_TARGET, .head = llbc__join(@1, @options),
          .name = $target_name->name, .quoted = $target_name->quoted,
          .u.target = {.options = $options, .block = $block}})); }
| KW_TARGET target_name params options block
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_TARGET, .head = llbc__join(@1, @options),
          .name = $target_name->name, .quoted = $target_name->quoted,
          .u.target = {*$params, true, $options, $block}})); }
| KW_GROUP target_name ASSIGN expr
    { MUST(llbc__decl_add(p, @$, (llbc__decl){
          .kind = LLBC__DECL_GROUP, .head = llbc__join(@1, @target_name),
          .name = $target_name->name, .quoted = $target_name->quoted,
          .u.group = $expr})); }
;
target_name:
  NAME                        { MUST($$ = llbc__target_name_new(p, $NAME)); }
| string                      { MUST($$ = llbc__quoted_name(p, $string)); }
;
open:
  LPAREN
| CALL
;
params:
  open params_inner RPAREN
    { $$ = $params_inner;
      $$->open = @open;
      $$->close = @RPAREN; }
;
params_inner:
  %empty                      { MUST($$ = llbc__params_new(p)); }
| params_open
| params_open COMMA
;
params_open:
  param
    { MUST($$ = llbc__params_new(p));
      llbc__param_add($$, $param); }
| params_open[list] COMMA param
    { $$ = $list;
      llbc__param_add($$, $param); }
;
param:
  NAME type_opt
    { MUST($$ = llbc__param_new(p, (llbc__param){
          .span = @$, .name = $NAME, .type = $type_opt})); }
| NAME COLON type ELLIPSIS
    { MUST($$ = llbc__param_new(p, (llbc__param){
          .span = @$, .name = $NAME, .type = $type, .rest = true})); }
| NAME type_opt ASSIGN expr
    { MUST($$ = llbc__param_new(p, (llbc__param){
          .span = @$, .name = $NAME, .type = $type_opt, .value = $expr})); }
;
type_opt:
  %empty                      { $$ = NULL; }
| COLON type                  { $$ = $type; }
;
result_opt:
  %empty                      { $$ = NULL; }
| ARROW type                  { $$ = $type; }
;
type:
  NAME
    { MUST($$ = llbc__type_new(p, LLBC__TYPE_NAME, @$, $NAME, NULL)); }
| KW_FS
    { MUST($$ = llbc__type_new(p, LLBC__TYPE_NAME, @$,
                               (llbc__name){"fs", 2, @$}, NULL)); }
| LBRACKET type[of] RBRACKET
    { MUST($$ = llbc__type_new(p, LLBC__TYPE_LIST, @$, no_name, $of)); }
| LMAP type[of] RMAP
    { MUST($$ = llbc__type_new(p, LLBC__TYPE_MAP, @$, no_name, $of)); }
;

/* --- statements: calls without parentheses ----------------------------- */

block:
  LBRACE statements RBRACE
    { MUST($$ = llbc__block_new(p, @$, $statements)); }
;
block_opt:
  %empty                      { $$ = NULL; }
| block
;
statements:
  %empty                      { $$ = (llbc__stmts){0}; }
| statements[list] statement NL
    { $$ = $list;
      llbc__stmt_add(&$$, $statement); }
| statements[list] error NL
    { /* go on with the next statement, unless enough has been said */
      $$ = $list;
      if (llbc__diags_full(p->diags))
        YYABORT;
      yyerrok; }
;
statement:
  KW_LET NAME type_opt ASSIGN expr
    { MUST($$ = llbc__stmt_let(
          p, @$, (llbc__let){$NAME, $type_opt, $expr})); }
| if_statement
| KW_FOR NAME name2_opt KW_IN expr block
    { MUST($$ = llbc__stmt_for(
          p, @$, (llbc__name[]){$NAME, $name2_opt}, $expr, $block)); }
| call as_opt block_opt
    { MUST(llbc__stmt_finish(p, @$, $call, $as_opt, $block_opt));
      $$ = $call; }
;
if_statement:
  KW_IF expr block
    { MUST($$ = llbc__stmt_if(p, @$, $expr, $block, NULL, NULL)); }
| KW_IF expr block KW_ELSE block[else]
    { MUST($$ = llbc__stmt_if(p, @$, $expr, $3, NULL, $else)); }
| KW_IF expr block KW_ELSE if_statement[else]
    { MUST($$ = llbc__stmt_if(p, @$, $expr, $block, $else, NULL)); }
;
name2_opt:
  %empty                      { $$ = no_name; }
| COMMA NAME                  { $$ = $NAME; }
;
as_opt:
  %empty                      { $$ = no_name; }
| KW_AS NAME                  { $$ = $NAME; }
;
call:
  head words
    { MUST($$ = llbc__stmt_call(p, @$, $head, $words)); }
| head CALL args RPAREN
    { MUST($$ = llbc__stmt_call(p, @$, $head, $args));
      $$->u.call.parens = true; }
;
head:
  NAME
    { /* built-ins are a table: no keyword, no meaning here */
      MUST($$ = llbc__name_expr(p, $NAME)); }
| head[base] DOT NAME
    { MUST($$ = llbc__member(p, @$, $base, $NAME)); }
;
words:
  %empty                      { $$ = (llbc__args){0}; }
| words[list] operand
    { $$ = $list;
      MUST(llbc__arg_add(p, &$$, @operand, NULL, $operand, false)); }
| words[list] key ASSIGN value
    { $$ = $list;
      MUST(llbc__arg_add(p, &$$, llbc__join(@key, @value), $key, $value,
                         false)); }
;
options:
  %empty                      { $$ = (llbc__args){0}; }
| options[list] key ASSIGN value
    { $$ = $list;
      MUST(llbc__arg_add(p, &$$, llbc__join(@key, @value), $key, $value,
                         false)); }
;
key:
  NAME                        { MUST($$ = llbc__name_expr(p, $NAME)); }
| KEY                         { MUST($$ = llbc__name_expr(p, $KEY)); }
| string
;
operand:
  primary
| NEG primary
    { MUST($$ = llbc__unary(p, @$, LLBC__OP_NEG, @NEG, $2)); }
;
value:
  operand
| MINUS primary
    { MUST($$ = llbc__unary(p, @$, LLBC__OP_NEG, @MINUS, $2)); }
;

/* --- expressions, loosest first ---------------------------------------- */

expr:
  or
| KW_IF expr[cond] KW_THEN expr[then] KW_ELSE expr[else]
    { MUST($$ = llbc__cond(p, @$, $cond, $then, $else)); }
;
or:
  and
| or[a] OR and[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_OR, @OR, $a, $b)); }
;
and:
  equality
| and[a] AND equality[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_AND, @AND, $a, $b)); }
;
equality:
  comparison
| comparison[a] EQ comparison[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_EQ, @EQ, $a, $b)); }
| comparison[a] NE comparison[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_NE, @NE, $a, $b)); }
;
comparison:
  sum
| sum[a] LT sum[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_LT, @LT, $a, $b)); }
| sum[a] LE sum[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_LE, @LE, $a, $b)); }
| sum[a] GT sum[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_GT, @GT, $a, $b)); }
| sum[a] GE sum[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_GE, @GE, $a, $b)); }
;
sum:
  product
| sum[a] PLUS product[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_ADD, @PLUS, $a, $b)); }
| sum[a] MINUS product[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_SUB, @MINUS, $a, $b)); }
| sum[a] NEG product[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_SUB, @NEG, $a, $b)); }
;
product:
  unary
| product[a] STAR unary[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_MUL, @STAR, $a, $b)); }
| product[a] SLASH unary[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_DIV, @SLASH, $a, $b)); }
| product[a] PERCENT unary[b]
    { MUST($$ = llbc__binary(p, @$, LLBC__OP_MOD, @PERCENT, $a, $b)); }
;
unary:
  primary
| NOT unary[a]
    { MUST($$ = llbc__unary(p, @$, LLBC__OP_NOT, @NOT, $a)); }
| MINUS unary[a]
    { MUST($$ = llbc__unary(p, @$, LLBC__OP_NEG, @MINUS, $a)); }
;
primary:
  atom
| primary[f] CALL args RPAREN
    { MUST($$ = llbc__call(p, @$, $f, $args, @RPAREN)); }
| primary[base] INDEX expr RBRACKET
    { MUST($$ = llbc__index(p, @$, $base, $expr)); }
| primary[base] DOT NAME
    { MUST($$ = llbc__member(p, @$, $base, $NAME)); }
;
atom:
  NAME                        { MUST($$ = llbc__name_expr(p, $NAME)); }
| string
| INT
    { MUST($$ = llbc__expr_new(p, LLBC__EXPR_INT, @$));
      $$->u.integer = $INT; }
| KW_TRUE
    { MUST($$ = llbc__expr_new(p, LLBC__EXPR_BOOL, @$));
      $$->u.boolean = true; }
| KW_FALSE
    { MUST($$ = llbc__expr_new(p, LLBC__EXPR_BOOL, @$)); }
| LPAREN expr RPAREN
    { $$ = $expr;
      $$->parens = true; }
| LBRACKET items RBRACKET
    { MUST($$ = llbc__list(p, @$, $items)); }
| LBRACKET KW_FOR NAME name2_opt KW_IN expr[in] condition COLON expr[value] RBRACKET
    { MUST($$ = llbc__comp(p, @$, (llbc__name[]){$NAME, $name2_opt}, $in,
                           $condition, $value)); }
| LMAP entries RMAP
    { MUST($$ = llbc__map(p, @$, $entries)); }
| KW_FS block
    { MUST($$ = llbc__fs(p, @$, $block)); }
;
condition:
  %empty                      { $$ = NULL; }
| KW_IF expr                  { $$ = $expr; }
;
string:
  RAW
    { MUST($$ = llbc__raw_string(p, @$)); }
| STRING_OPEN parts STRING_CLOSE
    { MUST($$ = llbc__string(p, @$, $STRING_OPEN, $parts)); }
;
parts:
  %empty                      { $$ = (llbc__parts){0}; }
| parts[list] TEXT
    { $$ = $list;
      MUST(llbc__part_add(p, &$$, @TEXT, NULL)); }
| parts[list] INTERP expr INTERP_CLOSE
    { $$ = $list;
      MUST(llbc__part_add(p, &$$, llbc__join(@INTERP, @INTERP_CLOSE),
                          $expr)); }
;
args:
  %empty                      { $$ = (llbc__args){0}; }
| args_open
| args_open COMMA
;
args_open:
  arg
    { $$ = (llbc__args){0};
      llbc__arg_link(&$$, $arg); }
| args_open[list] COMMA arg
    { $$ = $list;
      llbc__arg_link(&$$, $arg); }
;
arg:
  expr
    { MUST($$ = llbc__arg_new(p, @$, NULL, $expr, false)); }
| expr ELLIPSIS
    { MUST($$ = llbc__arg_new(p, @$, NULL, $expr, true)); }
| key ASSIGN expr
    { MUST($$ = llbc__arg_new(p, @$, $key, $expr, false)); }
;
items:
  %empty                      { $$ = (llbc__args){0}; }
| items_open
| items_open COMMA
;
items_open:
  expr
    { $$ = (llbc__args){0};
      MUST(llbc__arg_add(p, &$$, @expr, NULL, $expr, false)); }
| items_open[list] COMMA expr
    { $$ = $list;
      MUST(llbc__arg_add(p, &$$, @expr, NULL, $expr, false)); }
;
entries:
  %empty                      { $$ = (llbc__args){0}; }
| entries_open
| entries_open COMMA
;
entries_open:
  key COLON expr
    { $$ = (llbc__args){0};
      MUST(llbc__arg_add(p, &$$, @$, $key, $expr, false)); }
| entries_open[list] COMMA key COLON expr
    { $$ = $list;
      MUST(llbc__arg_add(p, &$$, llbc__join(@key, @expr), $key, $expr,
                         false)); }
;
%%

/* Only what bison says itself comes here: its stack is full. Everything else
 * goes through yyreport_syntax_error. */
static void llbc__yyerror(const llb_span *at, yyscan_t scanner,
                          llbc__parser *p, const char *message)
{
    (void)scanner;
    (void)message;
    llbc__complain(p, LLBC__E_DEPTH, *at, "this is nested too deeply");
    p->stop = true;
}

static void expect(llbc__expected *e, yysymbol_kind_t symbol)
{
    switch (symbol) {
    case YYSYMBOL_NAME:
        e->name = true;
        break;
    case YYSYMBOL_KEY:
        e->option = true;
        break;
    case YYSYMBOL_KW_TRUE:
        e->operand = true;
        break;
    case YYSYMBOL_INT:
        e->number = true;
        break;
    case YYSYMBOL_LPAREN:
        e->paren = true;
        break;
    case YYSYMBOL_PLUS:
        e->oper = true;
        break;
    case YYSYMBOL_NL:
        e->newline = true;
        break;
    case YYSYMBOL_KW_LET:
        e->statement = true;
        break;
    case YYSYMBOL_KW_DEF:
        e->declaration = true;
        break;
    case YYSYMBOL_STRING_OPEN:
        e->string = true;
        break;
    case YYSYMBOL_LBRACE:
    case YYSYMBOL_RPAREN:
    case YYSYMBOL_RBRACKET:
    case YYSYMBOL_RMAP:
    case YYSYMBOL_INTERP_CLOSE:
    case YYSYMBOL_COMMA:
    case YYSYMBOL_COLON:
    case YYSYMBOL_ASSIGN:
    case YYSYMBOL_KW_AS:
    case YYSYMBOL_KW_IN:
    case YYSYMBOL_KW_THEN:
    case YYSYMBOL_KW_ELSE:
        if (e->n_others < sizeof e->others / sizeof *e->others)
            e->others[e->n_others++] = yysymbol_name(symbol);
        break;
    default: /* comes with one of the above, or needs no mention */
        break;
    }
}

static int yyreport_syntax_error(const yypcontext_t *context,
                                 yyscan_t scanner, llbc__parser *p)
{
    yysymbol_kind_t symbols[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, symbols, YYNTOKENS);
    yysymbol_kind_t found = yypcontext_token(context);
    llbc__expected e = {0};

    (void)scanner;
    for (int i = 0; i < n; i++)
        expect(&e, symbols[i]);
    if (found != YYSYMBOL_BAD)
        llbc__syntax_error(p, p->last, yysymbol_name(found),
                           *yypcontext_location(context), &e);
    llbc__start_skipping(p, p->last);
    return 0;
}
