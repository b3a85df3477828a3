@{
    Rules        = @{
        PSUseCompatibleSyntax  = @{ Enable = $true; TargetVersions = @('5.1') }
        # Windows Server 2016, the oldest that is served.
        PSUseCompatibleCmdlets = @{ Compatibility = @('desktop-5.1.14393.206-windows') }
    }
    ExcludeRules = @(
        # -WhatIf is heeded at one place, Invoke-Change, through which every change goes; -Confirm asks once for all.
        'PSUseShouldProcessForStateChangingFunctions'
        # Parameters of a script are read by its functions, and constants by the files that are loaded after them.
        'PSReviewUnusedParameter'
        'PSUseDeclaredVarsMoreThanAssignments'
        # No module: nobody but these scripts calls the functions.
        'PSUseSingularNouns'
        'PSAvoidUsingPositionalParameters'
    )
}
