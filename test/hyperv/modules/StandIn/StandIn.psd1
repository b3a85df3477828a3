@{
    RootModule        = 'StandIn.psm1'
    ModuleVersion     = '1.0.0'
    GUID              = '7d6f3c0e-2f0b-4a8e-9a3c-5b1f0c9d2e11'
    Description       = 'A Windows host for tests, read from a scenario file.'
    CmdletsToExport   = @('Get-Item', 'Get-ChildItem', 'Test-Path', 'Get-Service', 'Get-Process', 'Get-Date')
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
